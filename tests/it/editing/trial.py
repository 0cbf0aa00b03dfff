"""Puts the rules of a form's cells beside trial entries, to be decided by a program that calculates.

Arguments: the workbook, the workbook to write, the name of the form. Prints a line for each trial: the
rule, the entries and what is expected.
"""
import re
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in book[sys.argv[3]].data_validations.dataValidation}
AMOUNTS = [(None, 1), ("", 1), ("涉密", 1), (0, 1), (12.5, 1), (-1, 0), ("12.50", 1), ("1234.5", 1), ("-3", 0),
           ("12万元", 0), ("保密", 0), ("无", 0)]
FIRST = [(None, 1), ("25%", 1), ("25", 1), (0.25, 1), (25, 1), ("0%", 1), ("100%", 1), (1, 1), ("25％", 1),
         ("101%", 0), (120, 0), ("-5%", 0), ("6000%", 0), ("四分之一", 0), ("25 %", 1)]
# The milestone before, the own one.
NEXT = [((None, "50%"), 1), (("25%", "50%"), 1), (("25%", "25%"), 1), (("25%", "20%"), 0), ((0.25, "50%"), 1),
        ((0.25, "20%"), 0), (("25%", 0.5), 1), (("50%", 0.25), 0), ((25, 50), 1), (("25%", None), 1),
        (("25%", "110%"), 0), (("不清楚", "50%"), 1), (("25", "9%"), 0)]
trial = openpyxl.Workbook()
sheet = trial.active


def add(rule, entries, expected):
    """Entries by the cell of the rule that they stand for."""
    row = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    formula = rule
    for index, (cell, value) in enumerate(entries):
        own = sheet.cell(row, index + 2)
        own.value = value
        if isinstance(value, str):
            own.number_format = "@"
        formula = re.sub(rf"\b{cell}\b", own.coordinate, formula)
    sheet.cell(row, 1).value = row
    sheet.cell(row, 9).value = f'=IF({formula},"yes","no")'
    print(rule, entries, "yes" if expected else "no", sep="\t")


for value, expected in AMOUNTS:
    add(rules["C4"], [("C4", value)], expected)
for value, expected in FIRST:
    add(rules["B7"], [("B7", value)], expected)
for (before, own), expected in NEXT:
    add(rules["D7"], [("B7", before), ("D7", own)], expected)
trial.save(sys.argv[2])
