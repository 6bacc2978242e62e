"""The command line's own sentences, in the language of the person: help pages and usage errors."""

from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import meanings
from ameli_support.i18n import _


def _rows(rows: list[tuple[str, str]]) -> list[str]:
    width = max((len(name) for name, _text in rows), default=0)
    return [f"  {name:<{width}}  {text}".rstrip() for name, text in rows]


def _parameters(command: Any, ctx: Any) -> list[str]:
    arguments: list[tuple[str, str]] = []
    options: list[tuple[str, str]] = []
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is None:
            continue
        text = param.help or ""
        if param.param_type_name == "argument":
            arguments.append((param.metavar or param.name, text))
        elif "--help" in param.opts:
            options.append(("--help", _("montre cette page")))
        else:
            options.append((record[0], text + (_(" (obligatoire)") if param.required else "")))
    page: list[str] = []
    if arguments:
        page += ["", _("Arguments :"), *_rows(arguments)]
    return [*page, "", _("Options :"), *_rows(options)]


def everywhere() -> list[str]:
    """The options that every command takes; `__main__` reads them."""
    return [
        "",
        _("Avec toutes les commandes :"),
        *_rows(
            [
                ("--lang fr|en", _("langue des textes")),
                ("--demo", _("agit dans la démonstration en cours")),
                ("--role ROLE", _("rôle joué dans la démonstration")),
            ]
        ),
    ]


def _codes() -> list[str]:
    return ["", _("Codes de sortie :"), *_rows([(f"{code:>3}", text) for code, text in meanings()])]


class Command(TyperCommand):
    """A command whose help page is linear text in the person's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        words = [p.metavar or p.name for p in self.get_params(ctx) if p.param_type_name == "argument"]
        usage = " ".join([ctx.command_path, _("[OPTIONS]"), *words])
        page = [_("Utilisation : {usage}").format(usage=usage), "", self.help or ""]
        formatter.write("\n".join([*page, *_parameters(self, ctx), *everywhere()]) + "\n")


class Group(TyperGroup):
    """A group of commands; an unknown name is answered with the nearest one."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        rows = [
            (name, command.help or "")
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        usage = f"{ctx.command_path} " + _("COMMANDE …")
        page = [_("Utilisation : {usage}").format(usage=usage), "", self.help or ""]
        page += ["", _("Commandes :"), *_rows([(name, text.split("\n")[0]) for name, text in rows])]
        formatter.write("\n".join([*page, *everywhere(), *_codes()]) + "\n")

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.commands, n=1)
            hint = _(" Vouliez-vous dire « {near} » ?").format(near=near[0]) if near else ""
            raise BadInput(_("Commande inconnue.") + hint + " " + see_help(ctx))
        return super().resolve_command(ctx, args)


def _options(group: Any) -> set[str]:
    """Every option of the commands of a group, and of its groups."""
    found: set[str] = set()
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            found |= _options(command)
        found |= {option for param in command.params for option in param.opts if option.startswith("--")}
    return found


def see_help(ctx: Any) -> str:
    """Where to read more."""
    return _("Aide : {command} --help").format(command=ctx.command_path if ctx else "ameli-support")


def usage_sentence(error: typer.TyperException) -> str:
    """What is wrong with the command itself; what was typed is not repeated, it may be personal."""
    ctx: Any = getattr(error, "ctx", None)
    param: Any = getattr(error, "param", None)
    name = str(getattr(error, "option_name", "") or "")
    if not name and param is not None:
        name = param.opts[0] if param.param_type_name == "option" else param.metavar or ""
    match type(error).__name__:
        case "MissingParameter":
            said = _("Il manque {name}.").format(name=name)
        case "NoSuchOption":
            known = [] if ctx is None else [o for p in ctx.command.get_params(ctx) for o in p.opts]
            near = get_close_matches(name, known, n=1)
            if isinstance(ctx and ctx.command, Group) and name.partition("=")[0] in _options(ctx.command):
                said = _("{name} se met après la commande, à la fin.").format(name=name.partition("=")[0])
                return f"{said} {see_help(ctx)}"
            said = _("Option inconnue : {name}.").format(name=name.partition("=")[0])
            said += _(" Vouliez-vous dire « {near} » ?").format(near=near[0]) if near else ""
        case "BadOptionUsage":
            said = _("L’option {name} n’est pas employée comme il faut.").format(name=name)
        case "BadParameter":
            said = _("Valeur non comprise pour {name}.").format(name=name)
        case _other:
            said = _("Commande incomplète, ou mots en trop.")
    return f"{said} {see_help(ctx)}"
