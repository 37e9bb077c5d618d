import { defineConfig } from "drizzle-kit";

const schema = ["schema", "share-schema", "client-schema"].map((name) => `./src/storage/${name}.ts`);

export default defineConfig({ dialect: "sqlite", schema, out: "./migrations" });
