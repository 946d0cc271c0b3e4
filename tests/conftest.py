"""What every test needs: a home folder of its own, made before Django reads its settings."""

import os
import tempfile

os.environ["MILEPOST_HOME"] = tempfile.mkdtemp(prefix="milepost-test-")

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.register_profile("long", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))
