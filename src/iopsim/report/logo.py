"""The logo: a picture that is what it says it is, in the size of a letterhead."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from iopsim.errors import IopsimError

KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}

MOST_BYTES = 2_000_000
MOST_PIXELS = 25_000_000

WIDEST, HIGHEST = 240, 72
"""Of a logo on a page, in CSS pixels."""

ALLOWED = "give a PNG or JPEG picture of at most 2 MB"


@dataclass(frozen=True)
class Logo:
    """A logo.

    Parameters
    ----------
    content : bytes
        The file.
    kind : str
        Its media type.
    width, height : int
        On a page, in CSS pixels.
    """

    content: bytes
    kind: str
    width: int
    height: int

    @property
    def uri(self) -> str:
        """The picture itself, as an address."""
        return f"data:{self.kind};base64,{base64.b64encode(self.content).decode()}"


def load_logo(path: str | Path) -> Logo:
    """Read a logo.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    IopsimError
        If there is no such file, or it is no such picture.
    """
    from PIL import Image

    try:
        if Path(path).stat().st_size > MOST_BYTES:
            raise IopsimError(f"{path}: found a file of more than 2 MB; {ALLOWED}")
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise IopsimError(f"{path}: found that it cannot be read ({reason}); {ALLOWED}") from None
    try:
        with Image.open(io.BytesIO(content), formats=list(KINDS)) as picture:
            kind, (width, height) = KINDS[str(picture.format)], picture.size
            if width * height > MOST_PIXELS:
                raise IopsimError(f"{path}: found {width:,} by {height:,} pixels; {ALLOWED}, 25 megapixels at most")
            picture.load()
    except IopsimError:
        raise
    except Exception:
        raise IopsimError(f"{path}: found no picture that can be read; {ALLOWED}") from None
    scale = min(WIDEST / width, HIGHEST / height, 1.0)
    return Logo(content, kind, max(1, round(width * scale)), max(1, round(height * scale)))
