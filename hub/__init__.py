"""The doors: command line, HTTP edge, composition root."""
