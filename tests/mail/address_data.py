"""The data of tests/data/addresses, written by hand before the code that passes them.

`python -m tests.mail.address_data` prints the figures of docs/addresses.md.
"""

from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "data" / "addresses"
_INVISIBLE = {"<nbsp>": "\u00a0", "<zw>": "\u200b", "<nnbsp>": "\u202f", "<tab>": "\t"}


def _lines(name: str) -> list[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def typos() -> list[tuple[str, str]]:
    """(mistyped domain, meant domain)."""
    pairs = []
    for line in _lines("typos.txt"):
        meant, _colon, wrong = line.partition(":")
        pairs += [(typed, meant) for typed in wrong.split()]
    return pairs


def real_domains() -> list[str]:
    """Domains that exist: providers first, then small ones that no list of ours holds."""
    return " ".join(_lines("real_domains.txt")).split()


def dictated() -> list[tuple[str, str]]:
    """(what was heard or pasted, the address)."""
    pairs = []
    for line in _lines("dictated.txt"):
        heard, _tab, address = line.partition("\t")
        for name, sign in _INVISIBLE.items():
            heard = heard.replace(name, sign)
        pairs.append((heard, address))
    return pairs


def unseen() -> list[tuple[str, str]]:
    """(what was typed or heard, the address): by somebody who had not read the program."""
    return [
        (typed, meant)
        for typed, _tab, meant in (line.partition("\t") for line in _lines("unseen_addresses.tsv"))
    ]


def unseen_domains() -> list[str]:
    """Domains that somebody who had not read the program holds for real, or for nobody's typo."""
    return " ".join(_lines("unseen_real_domains.txt")).split()


def figures() -> str:
    """What the reading of addresses gets right on this data."""
    from ameli_support.mail.addresses import read_address
    from ameli_support.mail.typos import suggest

    given = [(suggest(typed), meant) for typed, meant in typos()]
    right = sum(suggested == meant for suggested, meant in given)
    silent = sum(suggested is None for suggested, _meant in given)
    alarms = [domain for domain in real_domains() if suggest(domain)]
    cleaned = [read_address(heard).cleaned == address for heard, address in dictated()]
    return (
        f"typos: {right} right, {len(given) - right - silent} wrong, {silent} silent of {len(given)}\n"
        f"real domains: {len(alarms)} false alarms in {len(real_domains())}\n"
        f"dictated and pasted: {sum(cleaned)} of {len(cleaned)} right"
    )


if __name__ == "__main__":
    print(figures())
