"""Writers of the JSON Schemas in `translate/schemas`: `python -m scripts.schemas` writes them, with `--check` it only compares."""
