"""The sentences of `vitrage-engine explain` in each language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "title": "The published algorithm, step by step",
            "lead": "How {content} is painted like {style}: the stages of neural style transfer (Gatys, Ecker and "
            "Bethge 2016, in the form of PyTorch's neural style tutorial), computed on these two pictures.",
            "unpacked_title": "1. The unpacked pictures",
            "unpacked": "As they were given. The bright square is the part that the loader will keep.",
            "size": "{name}, {width} × {height} pixels",
            "content": "content",
            "style": "style",
            "loaded_title": "2. What the loader makes of them",
            "loaded": "image_loader resizes the short edge to {edge} pixels, keeps the square in the middle and makes "
            "numbers from 0 to 1 of it: a tensor of the shape {shape} (pictures, channels, rows, columns). Nothing is "
            "squashed. Each square pixel is shown larger here.",
            "network_title": "3. The network with its losses",
            "network": "VGG19 was trained to recognise what is in a photograph; its weights are not changed. "
            "Normalization brings the picture to the range that the network was trained with. A style loss is "
            "inserted behind each of the first five convolutions, and a content loss behind the fourth. A loss "
            "compares the features with its target and passes them on unchanged. Behind the last loss the network is "
            "cut off.",
            "loss": "loss",
            "sees": "features",
            "target": "target",
            "target_content": "the content's features, {shape}",
            "target_style": "the style's Gram matrix, {shape}",
            "scores_title": "4. The losses by iteration",
            "scores": "The optimisation begins with the content, so the content loss is 0 at first and the style loss "
            "is large. An iteration computes both and their gradient with respect to the pixels; L-BFGS then changes "
            "the pixels. The style losses are multiplied by 1,000,000, the content loss by 1. L-BFGS makes 20 "
            "iterations in a step, and the loop begins a step while at most {steps} are done: {count} in all.",
            "plot": "Style loss, content loss and their sum by iteration, logarithmic.",
            "iteration": "iteration",
            "total": "sum",
            "lowest": "The sum was lowest, {total}, in iteration {number}.",
            "worse": "At the end it was {total}: the published code limits the pixels to 0..1 without telling L-BFGS, "
            "which can make the loss rise again. It returns the last picture even so; the preset paper of this engine "
            "returns the best one.",
            "result_title": "5. The result",
            "result": "The picture after the last iteration, and the way to it.",
            "output": "result",
            "made": "Weights: {weights}. {count} iterations took {seconds} s on the CPU with torch {torch}. In Python "
            "engine.paper offers the same functions; vitrage-engine stylize --preset paper computes the same faster.",
            "builtin": "The builtin weights were learned without VGG19's training pictures and give a simpler picture "
            "than the pretrained ones (--weights pretrained).",
            "saved": "Saved: {page}, {output}",
        },
        "ru": {
            "title": "Опубликованный алгоритм шаг за шагом",
            "lead": "Как {content} рисуется в стиле {style}: этапы нейронного переноса стиля (Гатис, Эккер и Бетге, "
            "2016, в виде учебного примера PyTorch), вычисленные на этих двух картинках.",
            "unpacked_title": "1. Распакованные картинки",
            "unpacked": "Такими, какими они даны. Светлый квадрат — часть, которую оставит загрузчик.",
            "size": "{name}, {width} × {height} пикселей",
            "content": "контент",
            "style": "стиль",
            "loaded_title": "2. Что из них делает загрузчик",
            "loaded": "image_loader приводит короткую сторону к {edge} пикселям, оставляет квадрат посередине и "
            "переводит его в числа от 0 до 1: тензор формы {shape} (картинки, каналы, строки, столбцы). Ничего не "
            "сплющивается. Пиксели здесь показаны увеличенными.",
            "network_title": "3. Сеть с функциями потерь",
            "network": "VGG19 обучена узнавать, что изображено на фотографии; её веса не меняются. Normalization "
            "приводит картинку к диапазону, на котором сеть обучали. За каждой из первых пяти свёрток вставлена "
            "функция потерь стиля, за четвёртой — ещё и контента. Она сравнивает признаки со своей целью и передаёт "
            "их дальше без изменений. За последней функцией потерь сеть обрезана.",
            "loss": "функция потерь",
            "sees": "признаки",
            "target": "цель",
            "target_content": "признаки контента, {shape}",
            "target_style": "матрица Грама стиля, {shape}",
            "scores_title": "4. Потери по итерациям",
            "scores": "Оптимизация начинается с контента, поэтому сначала потеря контента равна 0, а потеря стиля "
            "велика. Каждая итерация вычисляет обе и их градиент по пикселям, затем L-BFGS меняет пиксели. Потери "
            "стиля умножаются на 1 000 000, потеря контента — на 1. За один шаг L-BFGS делает 20 итераций, а "
            "цикл начинает шаг, пока их сделано не больше {steps}: всего {count}.",
            "plot": "Потеря стиля, потеря контента и их сумма по итерациям, логарифмическая шкала.",
            "iteration": "итерация",
            "total": "сумма",
            "lowest": "Наименьшей, {total}, сумма была на итерации {number}.",
            "worse": "В конце она равна {total}: опубликованный код ограничивает пиксели диапазоном 0..1, не сообщая "
            "об этом L-BFGS, и потеря может снова вырасти. Он всё равно возвращает последнюю картинку; пресет paper "
            "этой программы возвращает лучшую.",
            "result_title": "5. Результат",
            "result": "Картинка после последней итерации и путь к ней.",
            "output": "результат",
            "made": "Веса: {weights}. {count} итераций заняли {seconds} с на процессоре, torch {torch}. В Python те же "
            "функции есть в engine.paper; vitrage-engine stylize --preset paper вычисляет то же быстрее.",
            "builtin": "Встроенные веса обучены без обучающих картинок VGG19 и дают более простую картинку, чем "
            "предобученные (--weights pretrained).",
            "saved": "Сохранено: {page}, {output}",
        },
    }
)
"""Language to the name of a sentence to the sentence, with `str.format`'s fields."""
