"""Write the generated pages of docs/: the verbs and the JSON Schema of the spec files."""

from pathlib import Path

from trialmill.check.json_schema import schema
from trialmill.registry import verbs
from trialmill.registry.reference import page

DOCS = Path(__file__).resolve().parents[1] / "docs"


def pages() -> dict[str, str]:
    """File name to content."""
    return {"verbs.md": page(verbs()), "spec.schema.json": schema(verbs()) + "\n"}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
