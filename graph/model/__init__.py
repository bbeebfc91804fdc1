"""The canonical model: pure values, no driver, no await. Words: docs/words.md."""
