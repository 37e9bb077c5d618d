// Output of `perf script` with what is odd in it: a thread beside its process, names that are not known, a file that is gone, no period.
export const PERF = [
  "# captured on a machine",
  "java 12/34 [001] 4242.123456:     250000 cpu-clock:pppH: ",
  "\t    7f1c2b3d native_write_msr+0x6 ([kernel.kallsyms])",
  "\t    7f1c2b3e [unknown] (/usr/lib/libjvm.so)",
  "\t    7f1c2b3f main (/usr/bin/java (deleted))",
  "",
  "my app   77 4242.2:   cycles: ",
  "\t  ffff main (/usr/bin/app)",
  "",
].join("\n");
