"""The page of all keys of the spec files: what each means, from the models that read them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from trialmill.check.json_schema import FILES
from trialmill.check.keys import meanings, page, parts


class Held(BaseModel):
    """What is held.

    Attributes
    ----------
    first, second : str
        One side
        and the other.
    """

    first: str = Field(alias="from")
    second: Literal["a", "b"] = "a"


class File(BaseModel):
    """A file."""

    held: list[Held] | dict[str, Held] = Field(description="Parts.")
    flag: bool = False
    rows: list[dict[str, str]] = Field(default_factory=list)


def test_a_page_tells_kind_meaning_and_default_of_every_key_and_each_model_once() -> None:
    told = page({"file.yaml": File}, {"like": "Another."}).partition("- `like`: Another.\n")[2]
    assert (
        told
        == """
## file.yaml

| key | kind | what | default |
|---|---|---|---|
| `held` | list of [Held](#held) or [Held](#held) by name | Parts. | required |
| `flag` | true or false |  | `false` |
| `rows` | rows |  |  |

### Held

What is held.

| key | kind | what | default |
|---|---|---|---|
| `from` | text | One side and the other. | required |
| `second` | `a` \\| `b` | One side and the other. | `a` |
"""
    )


def test_every_key_of_a_spec_but_those_of_analyses_says_what_it_means() -> None:
    models = {part for file, model in FILES.items() if file != "endpoints.yaml" for part in parts(model)}
    assert len(models) > 10
    assert [f"{m.__name__}.{name}" for m in models for name, text in meanings(m).items() if not text] == []
