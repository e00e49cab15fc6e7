// Which versions of the guide are there? The list stands beside the folders of the versions (docs/publish.py writes
// it); where there is none, as in a build that was opened from disk, there is no switch.
"use strict";

async function showVersions(place) {
  const {list, folder, page} = place.dataset;
  const answer = await fetch(list);
  const versions = answer.ok ? await answer.json() : [];
  if (versions.length < 2) return;
  const label = document.createElement("label");
  const select = document.createElement("select");
  label.append(place.dataset.label + " ", select);
  const here = new URL(folder, location.href).pathname.split("/").filter(Boolean).pop();
  for (const version of versions) select.add(new Option(version, version, false, version === here));
  select.addEventListener("change", () => leave(new URL(`../${select.value}/`, new URL(folder, location.href)), page));
  place.append(label);
}

// The same page of another version, or its first page if it has none of this name.
async function leave(version, page) {
  const same = new URL(page, version);
  const found = await fetch(same, {method: "HEAD"}).catch(() => ({ok: false}));
  location.href = found.ok ? same : new URL("index.html", version);
}

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector(".versions");
  if (place && location.protocol.startsWith("http")) showVersions(place).catch(() => undefined);
});
