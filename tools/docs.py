"""Write the generated pages of docs/: the verbs, the keys of the spec files and their JSON Schema."""

from pathlib import Path

from trialmill.check import keys
from trialmill.check.json_schema import FILES, REPEATED, schema
from trialmill.registry import verbs
from trialmill.registry.reference import page

DOCS = Path(__file__).resolve().parents[1] / "docs"


def pages() -> dict[str, str]:
    """File name to content."""
    repeated = {key: part["description"] for key, part in REPEATED.items()}
    return {
        "verbs.md": page(verbs()),
        "keys.md": keys.page(FILES, repeated),
        "spec.schema.json": schema(verbs()) + "\n",
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
