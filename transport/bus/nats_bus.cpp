#include "transport/bus/bus.h"
