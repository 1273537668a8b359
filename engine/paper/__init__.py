"""The published work's own functions, to be read and tried; `explain` shows its stages on pictures of the user's.

    from engine.paper import image_loader, run_style_transfer, vgg19_features

Importing this package loads torch.
"""

from engine.paper.transfer import (
    CONTENT_LAYERS,
    IMSIZE,
    NORMALIZATION_MEAN,
    NORMALIZATION_STD,
    STYLE_LAYERS,
    ContentLoss,
    Normalization,
    StyleLoss,
    get_style_model_and_losses,
    gram_matrix,
    image_loader,
    run_style_transfer,
    vgg19_features,
)

__all__ = [
    "CONTENT_LAYERS",
    "IMSIZE",
    "NORMALIZATION_MEAN",
    "NORMALIZATION_STD",
    "STYLE_LAYERS",
    "ContentLoss",
    "Normalization",
    "StyleLoss",
    "get_style_model_and_losses",
    "gram_matrix",
    "image_loader",
    "run_style_transfer",
    "vgg19_features",
]
