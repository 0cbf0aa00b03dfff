#!/bin/sh
# Batches of growing size: CPU time, memory, open files and disk of a first and of a second run.
#
#   benches/batch.sh PROGRAM FOLDER FORMS NUMBER...
#
# such as `benches/batch.sh target/release/jixiao /tmp/batch 26 100 1000`. FOLDER is made anew for each number
# and removed at the end; it takes about 45 kB for a form.
set -eu
program=$(realpath "$1")
folder=$2
forms=$3
shift 3
export JIXIAO_CACHE="$folder/cache"
# What is made: workbook, PDF and model.
kinds=xlsx,pdf,json

run() {
    /usr/bin/time -f '%U %S %M %e' -o "$folder/time" \
        "$program" build "$folder/texts" -o "$folder/out" --to "$kinds" --quiet 2>/dev/null || true
}

# row WHICH BESIDE: a row of the table, of the run that was measured last.
row() {
    tail -n 1 "$folder/time" | awk -v n="$number" -v which="$1" -v beside="$2" '{
        cpu = $1 + $2
        printf "| %d | %s | %.2f s | %.2f ms | %.0f MB | %.1f s | %s |\n",
            n, which, cpu, 1000 * cpu / n, $3 / 1024, $4, beside
    }'
}

echo "| departments of $forms forms | run | CPU | CPU of each | memory | wall | |"
echo "|---|---|---|---|---|---|---|"
for number; do
    rm -rf "$folder"
    mkdir -p "$folder"
    "$program" sample --departments "$number" --forms "$forms" --dialect cells,tsv --seed 1 \
        -o "$folder" >/dev/null 2>&1
    # The most files that it has open at once, seen from outside ten times a second.
    (
        most=0
        while [ ! -e "$folder/done" ]; do
            for process in $(pgrep -f "$program build $folder/texts" || true); do
                now=$(ls "/proc/$process/fd" 2>/dev/null | wc -l)
                if [ "$now" -gt "$most" ]; then most=$now; fi
            done
            echo "$most" >"$folder/most"
            sleep 0.1
        done
    ) &
    run
    touch "$folder/done"
    wait
    row first "open files $(cat "$folder/most"), $(du -sm "$folder/out" | cut -f1) MB made"
    # Files of the last moments are not taken for still.
    sleep 4
    run
    row second ""
    run
    row third ""
done
rm -rf "$folder"
