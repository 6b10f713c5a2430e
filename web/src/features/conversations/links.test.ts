import { expect, test } from "vitest";
import { partsOf } from "./links";

test("an address becomes a link without the sentence's full stop", () => {
  expect(partsOf("Se https://www.1177.se/prov. Tack")).toEqual(["Se ", { href: "https://www.1177.se/prov" }, ". Tack"]);
});

test("nothing but http and https becomes a link, and markup stays text", () => {
  const text = "<a href='javascript:alert(1)'>klicka</a> javascript:alert(1) data:text/html,x";
  expect(partsOf(text)).toEqual([text]);
});
