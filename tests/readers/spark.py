"""Makes the files of all texts in a folder with Spark on this machine, as docs/spreading.md shows.

    python3 tests/readers/spark.py FOLDER OUT PARTITIONS TRIES [COMMAND]

COMMAND takes the place of the second program, to see what becomes of one that ends too soon; a task is
tried TRIES times. Prints what came of it as JSON: the lines of departments, the sources in them, how many
failed, and how many parts came to their end."""

import json
import os
import pathlib
import sys

from pyspark import SparkConf, SparkContext


def main(folder, out, partitions, tries, command=None):
    conf = SparkConf().setMaster(f"local[2,{tries}]").set("spark.ui.enabled", "false")
    sc = SparkContext(conf=conf.set("spark.driver.bindAddress", "127.0.0.1").set("spark.driver.host", "127.0.0.1"))
    sc.setLogLevel("ERROR")
    paths = sorted(str(path) for path in pathlib.Path(folder).rglob("*") if path.is_file())
    parse = "sh -c 'jixiao parse --ndjson --files-from - -j 1 --quiet || [ $? -le 2 ]'"
    build = f"sh -c 'jixiao build --from-ndjson -o {out} --shared --format json -j 1 || [ $? -le 2 ]'"
    # Without `env` a program is started without PATH.
    env = {"PATH": os.environ["PATH"], "JIXIAO_CACHE": os.environ["JIXIAO_CACHE"]}
    models = sc.parallelize(paths, int(partitions)).pipe(parse, env, checkCode=True)
    lines = models.pipe(command or build, env, checkCode=True).map(json.loads).collect()
    made = [line for line in lines if line["type"] == "department"]
    report = {
        "spark": sc.version,
        "departments": len(made),
        "failed": sum(line["failed"] for line in made),
        "unread": sorted(set(paths) - {line["source"] for line in made}),
        "unchanged": sum(state == "unchanged" for line in made for state in line["files"].values()),
        "ended": sum(line["type"] == "batch" and not line["stopped"] for line in lines),
    }
    sc.stop()
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
