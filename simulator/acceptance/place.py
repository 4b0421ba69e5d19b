"""Where the features are: beside the packages in a checkout, inside this one once installed."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_CHECKOUT = _PACKAGE.parent / "features"
FEATURES = _CHECKOUT if (_CHECKOUT / "REQUIREMENTS.md").exists() else _PACKAGE / "features"
BRIDGES = FEATURES / "bridges"
