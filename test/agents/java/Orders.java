import io.pyroscope.http.Format;
import io.pyroscope.javaagent.EventType;
import io.pyroscope.javaagent.PyroscopeAgent;
import io.pyroscope.javaagent.config.Config;
import io.pyroscope.labels.v2.LabelsSet;
import io.pyroscope.labels.v2.Pyroscope;
import java.time.Duration;
import java.util.Map;

/**
 * Orders a bike and a car in turn, until it is ended. A car's search takes three times a bike's. Settings:
 * PYROSCOPE_SERVER_ADDRESS, APP_NAME, REGION, FORMAT (jfr, otlp).
 */
public class Orders {
  private static final int ROUNDS_PER_RADIUS = 8_000_000;
  private static final Object LEDGER = new Object();
  /** Keeps the compiler from leaving the search out. */
  static volatile int nearest;
  static volatile byte[] route;

  static void orderBike() {
    search(1, "bike");
  }

  static void orderCar() {
    search(3, "car");
  }

  private static void search(int radius, String vehicle) {
    Pyroscope.LabelsWrapper.run(new LabelsSet("vehicle", vehicle), () -> { nearest = searchGrid(radius); });
  }

  /** Rounds rather than time, so that the CPU is in proportion to the radius however busy the machine is. */
  private static int searchGrid(int radius) {
    int hash = radius;
    for (int round = 0; round < ROUNDS_PER_RADIUS * radius; round++) {
      hash = (hash ^ round) * 0x01000193;
      if (round % 100_000 == 0) route = new byte[16 << 10];
    }
    return hash;
  }

  private static void keepLedger() {
    for (;;) {
      synchronized (LEDGER) {
        sleep(30);
      }
      sleep(1);
    }
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Config configOf(Map<String, String> environment, boolean otlp) {
    Config.Builder config =
        new Config.Builder()
            .setApplicationName(environment.get("APP_NAME"))
            .setServerAddress(environment.get("PYROSCOPE_SERVER_ADDRESS"))
            .setFormat(otlp ? Format.OTLP : Format.JFR)
            .setProfilingEvent(EventType.ITIMER)
            .setUploadInterval(Duration.ofSeconds(10))
            .setLabels(Map.of("region", environment.get("REGION")));
    // In its OTLP format the agent takes one event only.
    return otlp ? config.build() : config.setProfilingAlloc("64k").setProfilingLock("1ms").build();
  }

  public static void main(String[] arguments) {
    Map<String, String> environment = System.getenv();
    PyroscopeAgent.start(configOf(environment, environment.get("FORMAT").equals("otlp")));
    Thread ledger = new Thread(Orders::keepLedger);
    ledger.setDaemon(true);
    ledger.start();
    for (;;) {
      orderBike();
      orderCar();
      synchronized (LEDGER) {
        sleep(100);
      }
    }
  }
}
