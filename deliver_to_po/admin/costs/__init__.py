"""What parcels cost: by month and service, and compared with Canada Post's invoice."""
