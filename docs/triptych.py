"""Makes docs/triptych.jpg, the picture of the README: `python docs/triptych.py [--weights W]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

import engine
from bot.demo.samples import cat
from engine.drawing.glass import stained_glass

HEIGHT = 340
GAP = 12


def main() -> None:
    """Paint the cat like stained glass and put content, style and output side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", default="pretrained", help="as for vitrage-engine")
    content, style = cat(), stained_glass()
    model = engine.load_model(parser.parse_args().weights)
    output = engine.stylize(content, [style], engine.preset("standard", size=640), model=model).image
    panels = [_of_height(image) for image in (content, style, output)]
    sheet = Image.new("RGB", (sum(panel.width for panel in panels) + 2 * GAP, HEIGHT), "white")
    left = 0
    for panel in panels:
        sheet.paste(panel, (left, 0))
        left += panel.width + GAP
    sheet.save(Path(__file__).with_name("triptych.jpg"), quality=88)


def _of_height(image: Image.Image) -> Image.Image:
    return image.resize((round(image.width * HEIGHT / image.height), HEIGHT), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
