CREATE TABLE `share_rates` (
	`hour` integer NOT NULL,
	`address_hash` text NOT NULL,
	`uploads` integer NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`hour`, `address_hash`)
);
