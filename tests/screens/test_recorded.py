"""The recorded walk of docs/: it plays from home to home, and its picture holds every step."""

import json
from html import unescape
from xml.etree import ElementTree

import pyte

from bench.walk import CAST, PICTURE, SIZE, STEPS

MINUTE = 60


def test_the_cast_plays_one_call_from_home_to_home() -> None:
    head, *lines = (json.loads(line) for line in CAST.read_text(encoding="utf-8").splitlines())
    assert (head["version"], head["width"], head["height"]) == (2, *SIZE)
    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    awaited = [step.awaited for step in STEPS]
    for at, kind, text in lines:
        assert kind == "o"
        assert 0 <= at < MINUTE
        stream.feed(text)
        shown = "\n".join(screen.display).replace("\u00a0", " ")
        while awaited and awaited[0] in shown:
            awaited.pop(0)
    assert awaited == []
    assert "Qui appelle ?" in shown


def test_the_picture_that_moves_is_well_formed_and_tells_every_step() -> None:
    picture = PICTURE.read_text(encoding="utf-8")
    ElementTree.fromstring(picture)
    assert [step.caption for step in STEPS if step.caption not in unescape(picture)] == []
