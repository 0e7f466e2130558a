"""The table of docs/behaviour.md.

python -m tests.behaviour.suite
"""

from triage import Triage
from triage.training.behaviour import table

if __name__ == "__main__":
    print(table(Triage.load()))
