#!/bin/sh
# Runs benches/peers beside other tools on the same data, each as a whole process, and prints CPU time and
# peak memory, the least of several runs in turn.
#
#   benches/peers.sh PEERS MODEL TEXT [COUNT [PDFS [RUNS]]]
#
# PEERS is the folder of the other tools' scripts, set up as its README says; MODEL is what `jixiao parse`
# makes of TEXT. COUNT workbooks (100) and PDFS PDFs (20) are made in a process, RUNS times (3). reportlab
# puts no font into its files but that of REPORTLAB_FONT, a TrueType file.
set -eu
[ $# -ge 3 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
absolute() { echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"; }
peers=$(absolute "$1") model=$(absolute "$2") text=$(absolute "$3")
count=${4:-100} pdfs=${5:-20} runs=${6:-3}
cd "$(dirname "$0")/.."
python=$peers/venv/bin/python

# JIXIAO and BENCH name what has been built already.
jixiao=${JIXIAO:-} bench=${BENCH:-}
if [ -z "$jixiao" ]; then
    cargo build --release --quiet --bin jixiao
    jixiao=${CARGO_TARGET_DIR:-target}/release/jixiao
fi
if [ -z "$bench" ]; then
    bench=$(cargo bench --bench peers --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\))$/\1/p')
fi
jixiao=$(absolute "$jixiao") bench=$(absolute "$bench")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log
export PYTHONPATH="$peers" PYTHONDONTWRITEBYTECODE=
"$python" "$peers/model2peer.py" "$model" >"$work/data.json"

# The texts of many departments: one and the same under many names.
name=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["department"])' "$model")
mkdir "$work/texts"
number=0
while [ "$number" -lt "$count" ]; do
    number=$((number + 1))
    sed "s/$name/$name第${number}分会/g" "$text" >"$work/texts/$number.txt"
done

# Several PDFs in a process, as nobody has to start these tools for each.
cat >"$work/loop.py" <<'END'
import runpy, sys
script, data, folder, count, *others = sys.argv[1:]
for index in range(int(count)):
    sys.argv = [script, data, f"{folder}/{index:04d}.pdf", *others]
    runpy.run_path(script)
END
cat >"$work/alone.sh" <<'END'
# COUNT COMMAND… : runs a command for each; %d in its words is the number.
count=$1; shift
while [ "$count" -gt 0 ]; do
    count=$((count - 1))
    eval "$(printf '%s' "$*" | sed "s/%d/$count/g")" || exit 1
done
END

measure() {
    rm -rf "$work/out"
    mkdir "$work/out"
    "$python" "$peers/tm.py" "$@" >>"$log"
    tail -n 1 "$log" >&2
}

run=0
while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    echo "run $run, load $(cut -d ' ' -f 1 /proc/loadavg 2>/dev/null || echo unknown)" >&2
    measure exceljs node "$peers/p_exceljs.js" "$work/data.json" "$work/out" "$count"
    measure forms "$bench" forms "$model" "$count" "$work/out"
    measure bare "$bench" bare "$model" "$count" "$work/out"
    measure XlsxWriter "$python" "$peers/p_xlsxwriter.py" "$work/data.json" "$work/out" "$count"
    measure bare-6 "$bench" bare-6 "$model" "$count" "$work/out"
    for mode in forms +rules +document +summary +charts +notes +marks; do
        measure "$mode" "$bench" "$mode" "$text" "$count" "$work/out"
    done
    measure typst "$python" "$work/loop.py" "$peers/p_typst.py" "$work/data.json" "$work/out" "$pdfs"
    measure pdf-forms "$bench" pdf-forms "$model" "$pdfs" "$work/out"
    measure reportlab "$python" "$work/loop.py" "$peers/p_reportlab.py" "$work/data.json" "$work/out" "$pdfs"
    if [ -n "${REPORTLAB_FONT:-}" ]; then
        measure reportlab-font "$python" "$work/loop.py" "$peers/p_reportlab.py" "$work/data.json" \
            "$work/out" "$pdfs" "$REPORTLAB_FONT"
    fi
    measure pdf "$bench" pdf "$model" "$pdfs" "$work/out"
    measure typst-alone sh "$work/alone.sh" "$pdfs" \
        "'$python' '$peers/p_typst.py' '$work/data.json' '$work/out/%d.pdf'"
    measure reportlab-alone sh "$work/alone.sh" "$pdfs" \
        "'$python' '$peers/p_reportlab.py' '$work/data.json' '$work/out/%d.pdf'"
    measure render-alone sh "$work/alone.sh" "$pdfs" \
        "'$jixiao' render '$model' -o '$work/out/%d' --to pdf --quiet"
    measure build "$jixiao" build "$work/texts" -o "$work/out" --to xlsx,pdf --quiet
done

awk -v count="$count" -v pdfs="$pdfs" '
function field(name,  value) {
    value = $0; sub(".* " name "=", "", value); sub("[^0-9.].*", "", value); return value + 0
}
function least(a, b) { return a < b ? a : b }
function row(name, made, title) {
    printf "| %s | %.2f s | %.1f ms | %d MB |\n", title, cpu[name], 1000 * cpu[name] / made, memory[name]
}
function ratio(title, value) { printf "| %s | %.1f |\n", title, value }
{
    name = $1; sub(":$", "", name)
    # A part made with errors in the text ends with 1.
    if (field("rc") > (name == "build" || name == "render-alone")) { print name " failed" > "/dev/stderr"; exit 1 }
    if (!(name in cpu) || field("cpu") < cpu[name]) cpu[name] = field("cpu")
    if (!(name in memory) || field("rss") < memory[name]) memory[name] = field("rss")
}
END {
    print "| workbooks, " count " in a process | CPU | each | memory |\n|---|---|---|---|"
    row("exceljs", count, "exceljs"); row("XlsxWriter", count, "XlsxWriter")
    row("bare", count, "bare rust_xlsxwriter, compression 1"); row("bare-6", count, "the same, compression 6")
    split("forms +rules +document +summary +charts +notes +marks", modes, " ")
    for (at = 1; at in modes; at++) row(modes[at], count, modes[at])
    print "\n| PDFs, " pdfs " in a process | CPU | each | memory |\n|---|---|---|---|"
    row("typst", pdfs, "typst"); row("reportlab", pdfs, "reportlab, no font in the file")
    if ("reportlab-font" in cpu) row("reportlab-font", pdfs, "reportlab, with its font")
    row("pdf-forms", pdfs, "jixiao, the forms"); row("pdf", pdfs, "jixiao, the whole document")
    print "\n| PDFs, a process each | CPU | each | memory |\n|---|---|---|---|"
    row("typst-alone", pdfs, "typst"); row("reportlab-alone", pdfs, "reportlab")
    row("render-alone", pdfs, "jixiao render, the whole document")
    print "\n| text to workbook and PDF | CPU | each | memory |\n|---|---|---|---|"
    row("build", count, "jixiao build")
    workbook = least(cpu["exceljs"], cpu["XlsxWriter"])
    pair = workbook + count / pdfs * least(cpu["typst"], cpu["reportlab"])
    printf "| fastest pair, from data | %.2f s | %.1f ms | |\n", pair, 1000 * pair / count
    print "\n| how many times as fast | |\n|---|---|"
    ratio("forms to exceljs", cpu["exceljs"] / cpu["forms"])
    ratio("forms to XlsxWriter", cpu["XlsxWriter"] / cpu["forms"])
    printf "| forms over bare | %.2f |\n", cpu["forms"] / cpu["bare"]
    printf "| forms over bare, compression 6 | %.2f |\n", cpu["forms"] / cpu["bare-6"]
    ratio("all to exceljs", cpu["exceljs"] / cpu["+marks"])
    ratio("PDF of the forms to typst", cpu["typst"] / cpu["pdf-forms"])
    ratio("PDF of the forms to reportlab", cpu["reportlab"] / cpu["pdf-forms"])
    if ("reportlab-font" in cpu)
        ratio("PDF of the forms to reportlab with its font", cpu["reportlab-font"] / cpu["pdf-forms"])
    ratio("PDF to typst, a process each", cpu["typst-alone"] / cpu["render-alone"])
    ratio("PDF to reportlab, a process each", cpu["reportlab-alone"] / cpu["render-alone"])
    ratio("text to workbook and PDF", pair / cpu["build"])
}' "$log"
