ALTER TABLE `label_values` ADD `kept_by` integer;--> statement-breakpoint
ALTER TABLE `label_values` ADD `kept_first` integer;--> statement-breakpoint
ALTER TABLE `label_values` ADD `kept_last` integer;