"""`python -m hub` is `alliance-hub`."""

from hub.cli import main

if __name__ == "__main__":
    main(prog_name="alliance-hub")
