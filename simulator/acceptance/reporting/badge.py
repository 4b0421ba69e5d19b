"""A badge: how many of the documented requirements are met, as an SVG that asks nobody for anything."""

from simulator.acceptance.grading import FAILED, MET, NOT_APPLICABLE, NOT_TESTED

LABEL = "SMS bridge"
LETTER, PADDING, HEIGHT = 6.6, 10, 20  # px: a letter at 11 px, each side, in all
GREEN, AMBER, RED = "#1a7f37", "#9a6700", "#cf222e"


def drawn(verdicts: list[str]) -> str:
    """`verdicts` are those on the @must requirements."""
    judged = [each for each in verdicts if each not in (NOT_TESTED, NOT_APPLICABLE)]
    met = judged.count(MET)
    colour = RED if FAILED in judged else GREEN if judged and met == len(judged) else AMBER
    words = f"{met} of {len(judged)} met"
    left, right = (len(text) * LETTER + 2 * PADDING for text in (LABEL, words))
    whole = left + right
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole:.0f}" height="{HEIGHT}" role="img" '
        f'aria-label="{LABEL}: {words}"><title>{LABEL}: {words}</title>'
        f'<rect width="{whole:.0f}" height="{HEIGHT}" rx="3" fill="#444"/>'
        f'<path d="M{left:.0f} 0h{right - 3:.0f}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left:.0f}z"'
        f' fill="{colour}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2:.0f}" y="14">{LABEL}</text>'
        f'<text x="{left + right / 2:.0f}" y="14">{words}</text></g></svg>\n'
    )
