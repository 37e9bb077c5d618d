"""Rideshare in Python, smaller: one region, three orders, and the load in the same process.

Settings: REGION, PORT (a free one), PYROSCOPE_SERVER_ADDRESS, PYROSCOPE_AUTH_TOKEN, RATE (2 orders a second),
RIDESHARE_SECONDS (stop by itself).
"""

import itertools
import json
import os
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyroscope

REGION = os.environ.get("REGION", "us-east-1")
TOKEN = os.environ.get("PYROSCOPE_AUTH_TOKEN", "")


def order_bike(search_radius):
    return find_nearest_vehicle(search_radius, "bike")


def order_scooter(search_radius):
    return find_nearest_vehicle(search_radius, "scooter")


def order_car(search_radius):
    return find_nearest_vehicle(search_radius, "car")


def find_nearest_vehicle(search_radius, vehicle):
    with pyroscope.tag_wrapper({"vehicle": vehicle}):
        return {"vehicle": vehicle, "region": REGION, "nearest": search_grid(search_radius)}


def search_grid(search_radius):
    # Rounds rather than time, so that the CPU is in proportion to the radius however busy the machine is.
    hashed = search_radius
    for step in range(250_000 * search_radius):
        hashed = ((hashed ^ step) * 0x01000193) & 0xFFFFFFFF
    return hashed


ORDERS = {"/bike": (order_bike, 1), "/scooter": (order_scooter, 2), "/car": (order_car, 3)}


class Rideshare(BaseHTTPRequestHandler):
    def do_GET(self):
        order, search_radius = ORDERS.get(self.path, (None, 0))
        answer = {"orders": list(ORDERS)} if order is None else order(search_radius)
        self.send_response(404 if order is None else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_arguments):
        pass


def main():
    pyroscope.configure(
        application_name="ride-sharing-app-python",
        server_address=os.environ.get("PYROSCOPE_SERVER_ADDRESS", "http://localhost:4040"),
        http_headers={"Authorization": f"Bearer {TOKEN}"} if TOKEN else None,
        tags={"region": REGION},
    )
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Rideshare)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    print(f"rideshare (Python) in {REGION} on {address}", flush=True)

    stop_at = time.monotonic() + float(os.environ.get("RIDESHARE_SECONDS", "inf"))
    try:
        for path in itertools.cycle(ORDERS):
            if time.monotonic() > stop_at:
                break
            time.sleep(1 / float(os.environ.get("RATE", "2")))
            urllib.request.urlopen(address + path).read()
    except KeyboardInterrupt:
        pass
    pyroscope.shutdown()


if __name__ == "__main__":
    main()
