// Looks words up as the search field of the built documentation does, by rustdoc's own code and index:
//
//     node .ci/search.mjs target/doc rajada_mio .ci/words.txt
//
// Each line of the file is a query. It must find an item of the crate that is called so, or has that alias, and nothing that is merely
// similar counts. Ends with 1 and names those that find nothing, and with 3 where rustdoc's search is not as it is known here.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [docs, crate, list] = process.argv.slice(2);
const scripts = path.join(docs, "static.files");
const load = createRequire(path.resolve(docs) + "/");

function unknown(why) {
    console.log(`rustdoc's search is not as it is known here: ${why}`);
    process.exit(3);
}

// The script of rustdoc's that begins so.
function script(name) {
    const file = fs.readdirSync(scripts).find(file => file.startsWith(name) && file.endsWith(".js"));
    if (file === undefined) unknown(`no ${name}`);
    return load(path.resolve(scripts, file));
}

// Runs a piece of the index, which calls back.
function run(file) {
    (0, eval)(fs.readFileSync(path.join(docs, "search.index", file), "utf8"));
}

async function search() {
    const { Stringdex, RoaringBitmap } = script("stringdex-");
    const { initSearch } = script("search-");
    if (!Stringdex || !RoaringBitmap || !initSearch) unknown("no initSearch");
    globalThis.nonnull = value => value ?? unknown("nothing where something was");
    return initSearch(Stringdex, RoaringBitmap, {
        loadRoot(callbacks) {
            Object.assign(globalThis, callbacks);
            run("root.js");
        },
        loadTreeByHash: hash => run(`${hash}.js`),
        loadDataByNameAndHash: (name, hash) => run(`${name}/${hash}.js`),
    });
}

// Names compare without case, and without what parts words.
const plain = text => text.toLowerCase().replace(/[^a-z0-9]/g, "");

async function found({ docSearch, DocSearch }, query) {
    const { others } = await docSearch.execQuery(DocSearch.parseQuery(query), crate, crate);
    if (others === undefined) unknown("no results beside functions");
    const items = [];
    for await (const { item, is_alias, alias } of others) {
        const name = alias ?? (is_alias ? query : item.name);
        if (plain(name).includes(plain(query))) items.push(item.name);
    }
    return items;
}

const known = await search().catch(error => unknown(error));
const queries = fs.readFileSync(list, "utf8").split("\n").filter(line => line !== "");
const lost = [];
for (const query of queries) {
    const items = await found(known, query);
    if (items.length === 0) lost.push(query);
    else if (process.env.SHOW) console.log(`${query}: ${items.slice(0, 4).join(", ")}`);
}
if ((await found(known, "no such word anywhere")).length > 0) unknown("it finds what is not there");
if (lost.length > 0) {
    console.log(`nothing is found for: ${lost.join(", ")}`);
    process.exit(1);
}
console.log(`each of ${queries.length} words finds something`);
