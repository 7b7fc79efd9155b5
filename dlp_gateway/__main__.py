"""`python -m dlp_gateway`, the same as the command `dlp-gateway`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
