//! Orders a bike and a car in turn, until it is ended. A car's search takes three times a bike's. Settings:
//! PYROSCOPE_SERVER_ADDRESS, APP_NAME, REGION.

use pyroscope::backend::{pprof_backend, BackendConfig, PprofConfig};
use pyroscope::pyroscope::PyroscopeAgentBuilder;
use std::{env, error::Error, hint::black_box, thread::sleep, time::Duration};

const SAMPLE_RATE: u32 = 100;
const ROUNDS_PER_RADIUS: u64 = 8_000_000;

#[inline(never)]
fn order_bike() -> u64 {
    black_box(search_grid(1))
}

#[inline(never)]
fn order_car() -> u64 {
    black_box(search_grid(3))
}

/// Rounds rather than time, so that the CPU is in proportion to the radius however busy the machine is.
#[inline(never)]
fn search_grid(radius: u64) -> u64 {
    (0..ROUNDS_PER_RADIUS * radius).fold(radius, |hash, round| (hash ^ black_box(round)).wrapping_mul(0x100000001b3))
}

fn main() -> Result<(), Box<dyn Error>> {
    let region = env::var("REGION")?;
    let agent = PyroscopeAgentBuilder::new(
        env::var("PYROSCOPE_SERVER_ADDRESS")?,
        env::var("APP_NAME")?,
        SAMPLE_RATE,
        "pyroscope-rs",
        "2.1.5",
        pprof_backend(PprofConfig { sample_rate: SAMPLE_RATE }, BackendConfig::default()),
    )
    .tags(vec![("region", region.as_str())])
    .build()?
    .start()?;
    let (add_tag, remove_tag) = agent.tag_wrapper();
    let orders: [(&str, fn() -> u64); 2] = [("bike", order_bike), ("car", order_car)];
    loop {
        for (vehicle, order) in orders {
            add_tag("vehicle".to_string(), vehicle.to_string())?;
            order();
            remove_tag("vehicle".to_string(), vehicle.to_string())?;
        }
        sleep(Duration::from_millis(50));
    }
}
