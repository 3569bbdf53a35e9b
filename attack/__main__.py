"""`python -m attack`: every attack in its full count, or those that are named."""

import sys

from attack.run import main

sys.exit(main())
