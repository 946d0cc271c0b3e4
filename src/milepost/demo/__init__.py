"""Host products to try Milepost in, one for each example that has pages: they know Milepost only by its snippet and a
signature. What every host needs stands here, each product in a folder of its own."""
