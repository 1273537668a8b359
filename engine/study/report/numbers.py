"""Numbers as the report writes them, in the language of the report."""

from __future__ import annotations

import math

from engine.study.report.texts import Language
from engine.study.statistics.effects import Interval

ABSENT = "–"


def number(value: float | None, language: Language, digits: int = 3) -> str:
    """Return a number with so many significant digits, without an exponent between 0.001 and 99 999."""
    if value is None or math.isnan(value):
        return ABSENT
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        text = f"{mantissa}·10{_superscript(int(exponent))}"
    elif abs(value) >= 10 ** (digits - 1):
        text = f"{value:.0f}"
    else:
        text = f"{value:.{digits}g}" if value else "0"
    return local(text, language)


def fixed(value: float, language: Language, decimals: int = 2) -> str:
    """Return a number with so many decimals."""
    return ABSENT if math.isnan(value) else local(f"{value:.{decimals}f}", language)


def percent(share: float, language: Language) -> str:
    """Return a share of 1 as per cent."""
    return ABSENT if math.isnan(share) else f"{100 * share:.0f}" + ("\u00a0%" if language == "ru" else "%")


def probability(p: float, language: Language) -> str:
    """Return a p value: three decimals, or that it is below 0.001."""
    if math.isnan(p):
        return ABSENT
    return local("<\u00a00.001" if p < 0.001 else f"{p:.3f}", language)


def interval(each: Interval, language: Language, decimals: int = 2) -> str:
    """Return a value and its interval: `0.62 [0.55; 0.70]`."""
    value = fixed(each.value, language, decimals)
    if math.isnan(each.low) or math.isnan(each.high):
        return value
    return f"{value} [{fixed(each.low, language, decimals)}; {fixed(each.high, language, decimals)}]"


def percent_interval(each: Interval, language: Language) -> str:
    """Return a share and its interval in per cent: `62% [55; 70]`."""
    if math.isnan(each.low) or math.isnan(each.high):
        return percent(each.value, language)
    return f"{percent(each.value, language)} [{100 * each.low:.0f}; {100 * each.high:.0f}]"


def duration(seconds: float | None, language: Language) -> str:
    """Return seconds, with one decimal below 10."""
    return ABSENT if seconds is None else local(f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}", language)


def power_of_ten(value: float) -> str:
    """Return the label of a power of ten on an axis, in full near 1."""
    exponent = round(math.log10(value))
    return f"{value:g}" if -2 <= exponent <= 3 else f"10{_superscript(exponent)}"


def local(text: str, language: Language) -> str:
    """Return a number with the signs of a language: a true minus, and a comma in Russian."""
    text = text.replace("-", "−")
    return text.replace(".", ",") if language == "ru" else text


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
