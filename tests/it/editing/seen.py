"""Tells what openpyxl sees in a workbook, as JSON by sheet."""
import json
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
values = openpyxl.load_workbook(sys.argv[1], data_only=True)
PERMISSIONS = ["formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "insertColumns",
               "deleteColumns", "insertHyperlinks", "sort", "autoFilter"]
seen = {}
for sheet in book.worksheets:
    covered = {cell for merged in sheet.merged_cells.ranges for row in merged.rows for cell in row[0:]}
    firsts = {(merged.min_row, merged.min_col) for merged in sheet.merged_cells.ranges}
    cells = [cell for row in sheet.iter_rows() for cell in row]
    unlocked = [cell for cell in cells if not cell.protection.locked]
    formulas = {cell.coordinate: cell.value for cell in cells if cell.data_type == "f"}
    columns = sheet.max_column
    charts = []
    for chart in sheet._charts:
        series = chart.series[0]
        anchor = chart.anchor
        rows = range(anchor._from.row + 1, anchor.to.row + 2)
        names = series.cat.strRef.f.split("!")[1]
        charts.append({
            "title": "".join(run.t for run in (chart.title.tx.rich.p[0].r or [])) if chart.title.tx else None,
            "values": [one.val.numRef.f.replace("'", "") for one in chart.series],
            "names": [row[0].value for row in values[sheet.title][names.replace("$", "")]]
                     if ":" in names else [],
            "height": sum(sheet.row_dimensions[row].height or 0 for row in rows),
        })
    seen[sheet.title] = {
        "protected": sheet.protection.sheet,
        "allowed": [name for name in PERMISSIONS if getattr(sheet.protection, name) is False],
        "open": [cell.coordinate for cell in unlocked if cell.column <= columns
                 and ((cell.row, cell.column) in firsts or (cell.row, cell.column) not in covered)
                 and not isinstance(cell, openpyxl.cell.cell.MergedCell)],
        "open_rows": [number for number, row in sheet.row_dimensions.items()
                      if row.customFormat and not row.protection.locked],
        "validations": [{
            "range": str(rule.sqref), "type": rule.type, "style": rule.errorStyle, "blank": rule.allow_blank,
            "formula": rule.formula1, "message": rule.error,
        } for rule in sheet.data_validations.dataValidation],
        "formulas": formulas,
        "values": {cell.coordinate: cell.value or (cell.value if cell.value == 0 else None)
                   for row in values[sheet.title].iter_rows() for cell in row},
        "links": [[cell.coordinate, cell.hyperlink.location] for cell in cells if cell.hyperlink],
        "notes": {cell.coordinate: cell.comment.text for cell in cells if cell.comment},
        "charts": charts,
    }
print(json.dumps(seen, ensure_ascii=False))
