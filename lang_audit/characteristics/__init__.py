"""Study characteristics, as in a review's Table 1: countries, design, sample size, years of data, population."""

from lang_audit.characteristics.study import study_characteristics

__all__ = ["study_characteristics"]
