// @ts-types="./pg.d.ts"
export { Client, Pool, TypeOverrides } from "pg";
