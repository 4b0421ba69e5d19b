"""Long texts that some networks deliver as base64 (bug 32).

A text of several segments may come as an MMS whose body is the base64 of what was written. A customer may
write something that looks like base64, too. So a body is decoded only if all of this holds, and otherwise is
left exactly as it came:

  * nothing but base64, whole and canonical: standard alphabet, right padding, no blank, no line end
  * it decodes to UTF-8 of what people write, joiners and odd blanks among it, and line ends
  * what was written is longer than 70 characters, which is when a text may take a second segment, and has
    several words, or letters beyond ASCII

By chance this does not happen: of random letters hardly one in a million decodes to so many printable ones.
"""

import base64
import binascii
import unicodedata

LONGEST_SINGLE = 70
LINE_ENDS = "\n\r\t"
NEVER_WRITTEN = ("Cc", "Cs", "Co", "Cn")  # control, surrogate, private, unassigned


def readable(body: str) -> str:
    """What was written."""
    try:
        written = base64.b64decode(body, validate=True).decode()
    except (binascii.Error, ValueError):
        return body
    return written if _is_a_long_text(written) and _encoded(written) == body else body


def _is_a_long_text(written: str) -> bool:
    written_by_people = all(
        char in LINE_ENDS or unicodedata.category(char) not in NEVER_WRITTEN for char in written
    )
    wordy = len(written.split()) > 1 or not written.isascii()
    return written_by_people and wordy and len(written) > LONGEST_SINGLE


def _encoded(written: str) -> str:
    return base64.b64encode(written.encode()).decode()
