"""`python -m gitbuddy`: the same as `git-buddy`."""

from gitbuddy.cli import main

if __name__ == "__main__":
    main()
