"""What is meant to be torchvision's, compared with it.

All of it stands in one file, and so runs in one process, and is imported only there: that takes ten seconds.
"""

from __future__ import annotations

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from engine.bench.bench import untrained
from engine.images.tensors import centre_square, to_tensor
from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.network.vgg import Features, normalize
from engine.paper import image_loader, vgg19_features
from engine.weights import source

State = dict[str, Tensor]


def test_the_published_file_is_torchvisions() -> None:
    from torchvision.models import VGG19_Weights

    weights = VGG19_Weights.IMAGENET1K_V1
    assert weights.url == source.TORCHVISION
    [(name, published)] = source.PUBLISHED.items()
    assert weights.url.endswith(f"/{name}")
    assert name == f"vgg19-{published.sha256[:8]}.pth"
    assert round(published.size / (1 << 20), 3) == weights.meta["_file_size"]


def test_layer_names_point_at_torchvisions_convolutions() -> None:
    """Every name belongs to a convolution of torchvision's VGG19 with these channels."""
    from torchvision.models import vgg

    with torch.device("meta"):
        features = vgg.make_layers(vgg.cfgs["E"], batch_norm=False)
    found = {index: layer for index, layer in enumerate(features) if isinstance(layer, torch.nn.Conv2d)}
    assert list(found) == list(CONVOLUTIONS.values())
    for name, index in CONVOLUTIONS.items():
        assert CHANNELS[name] == (found[index].in_channels, found[index].out_channels)


def test_features_agree_with_torchvisions_own_forward(random_state: State) -> None:
    """At even sizes, where ceil_mode changes nothing."""
    from torchvision.models import vgg

    reference = vgg.make_layers(vgg.cfgs["E"], batch_norm=False)[:11]
    reference.load_state_dict({key.removeprefix("features."): part for key, part in random_state.items()})
    image = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(3))
    features = Features(random_state)
    with torch.no_grad():
        expected = reference(normalize(image))
    found = features.extract(image, ["conv3_1"])["conv3_1"]
    assert torch.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("size", [(300, 201), (201, 300), (128, 128), (64, 100), (131, 129)])
def test_pictures_are_prepared_as_torchvision_does(cat: Image.Image, size: tuple[int, int]) -> None:
    from torchvision import transforms

    image = cat.resize(size)
    steps = transforms.Compose([transforms.Resize(128), transforms.CenterCrop(128), transforms.ToTensor()])
    assert torch.equal(image_loader(image), steps(image)[None])
    assert torch.equal(to_tensor(centre_square(image, 128)), steps(image)[None])


def test_the_network_is_torchvisions_as_far_as_the_weights_reach(cat: Image.Image) -> None:
    from torchvision.models import vgg

    state = untrained().state
    found, expected = vgg19_features(state), vgg.make_layers(vgg.cfgs["E"])[:30]
    expected.load_state_dict({key.removeprefix("features."): part for key, part in state.items()})
    for layer in expected:
        if isinstance(layer, nn.ReLU):
            layer.inplace = False
    assert str(found) == str(expected)
    image = image_loader(cat, 32)
    with torch.no_grad():
        assert torch.allclose(found(image), expected(image), rtol=1e-4, atol=1e-5)
    assert not any(parameter.requires_grad for parameter in found.parameters())
