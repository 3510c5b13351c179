"""The spokes: one package per native form, the same module names in each (see `translate.registry`)."""
