"""`python -m tools.benchmarks`: see tools/benchmarks/README.md."""

import sys

from tools.benchmarks.run import main

sys.exit(main())
