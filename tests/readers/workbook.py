"""Prints what openpyxl reads in a workbook as JSON: a list of sheets, each with its name and its
rows of cells that are not empty. A number is an object with its value and its number format."""

import json
import sys

import openpyxl


def cell(value, number_format):
    if isinstance(value, (int, float)):
        return {"number": str(value), "format": number_format}
    return str(value)


book = openpyxl.load_workbook(sys.argv[1])
json.dump(
    [
        {
            "name": sheet.title,
            "rows": [
                [cell(c.value, c.number_format) for c in row if c.value is not None]
                for row in sheet.iter_rows()
            ],
        }
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
    ],
    sys.stdout,
    ensure_ascii=True,
)
