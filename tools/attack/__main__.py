"""`python -m tools.attack`: every attack in its full count, or those that are named."""

import sys

from tools.attack.run import main

sys.exit(main())
