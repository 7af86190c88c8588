"""A reading copy of a define: one page without scripts, styles of its own, the same content as the XML."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from trialmill.define.identifiers import identify, item_oid
from trialmill.define.model import Dataset, Define


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("trialmill", "define"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("define.html.jinja")


def to_html(define: Define, xml: str) -> str:
    """The page, with links between variables, codelists, methods and files.

    Parameters
    ----------
    define : Define
    xml : str
        Name of the define.xml beside it.
    """
    return _template().render(define=define, ids=identify(define), item_oid=item_oid, keys=_keys, xml=xml)


def _keys(dataset: Dataset) -> list[str]:
    keyed = [(v.key, v.item.name) for v in dataset.variables if v.key is not None]
    return [name for _, name in sorted(keyed)]
