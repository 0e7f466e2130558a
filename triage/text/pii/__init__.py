"""Personal data in a text: find it, mask it, compare it without keeping it."""

from triage.text.pii.find import find_pii
from triage.text.pii.hashing import fingerprint
from triage.text.pii.kinds import KINDS, PERSONAL, Pii
from triage.text.pii.masking import mask, mask_all

__all__ = ["KINDS", "PERSONAL", "Pii", "find_pii", "fingerprint", "mask", "mask_all"]
