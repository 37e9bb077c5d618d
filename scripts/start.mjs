// `npm start`: the whole product on one address. See scripts/server/ for the parts.
import { serve } from "./server/serve.ts";

await serve(process.env);
