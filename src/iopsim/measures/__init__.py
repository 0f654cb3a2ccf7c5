"""Measures: from the Record to whole-number numerators and denominators, one function per measure."""
