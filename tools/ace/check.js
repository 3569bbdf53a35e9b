// Check an e-book with Ace by DAISY: `node check.js BOOK.epub`. Prints what it finds, a line each,
// and ends with 1 if there is anything. PUPPETEER_EXECUTABLE_PATH names the browser.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import runner from "@daisy/ace-axe-runner-puppeteer";
import ace from "@daisy/ace-core";

function findings(assertions, where = "") {
  return assertions.flatMap((each) => {
    const place = each["earl:testSubject"]?.url ?? where;
    if (each.assertions) return findings(each.assertions, place);
    const rule = each["earl:test"];
    const told = each["earl:result"]["dct:description"];
    return [`${place}: ${rule["dct:title"]} (${rule["earl:impact"]}): ${told}`];
  });
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ace-"));
try {
  const options = {
    cwd: folder,
    tmpdir: folder,
    outdir: path.join(folder, "report"),
    silent: true,
  };
  const [, report] = await ace(path.resolve(process.argv[2]), options, runner);
  const found = findings(report.assertions);
  process.stdout.write(found.map((line) => `${line}\n`).join(""));
  process.exitCode = found.length ? 1 : 0;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
