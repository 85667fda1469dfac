# %% mistake: keeps what the old file held
# promise: what was at `path` before is gone.
# points: 2.25
# message: Something of the old file is left. Mode "w" begins with an empty file.
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "a") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs.update(latitude=station["latitude"], longitude=station["longitude"])
            for series, values in station["series"].items():
                group.create_dataset(series, data=values, **how(values))
                group[series].attrs["unit"] = station["units"][series]


# %% mistake: units in the group
# promise: Each of its series becomes a dataset in that group, with an attribute `unit`.
# points: 2
# message: The unit is an attribute of the dataset: dataset.attrs["unit"] = ...
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                group.create_dataset(series, data=values, **how(values))
            group.attrs["unit"] = str(station["units"])


# %% mistake: the place as datasets
# promise: with the attributes `latitude` and `longitude`.
# points: 2.25
# message: The place is given by attributes of the group: group.attrs["latitude"] = ...
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group["latitude"] = station["latitude"]
            group["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                group.create_dataset(series, data=values, **how(values))
                group[series].attrs["unit"] = station["units"][series]


# %% mistake: all numbers become float64
# promise: A dataset keeps the dtype and the shape of its array.
# points: 2.25
# message: A dataset keeps the dtype of its array. Give h5py the array itself.
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                group.create_dataset(series, data=values, dtype="f8", **how(values))
                group[series].attrs["unit"] = station["units"][series]


# %% mistake: no group without series
# promise: A station without series is a group all the same.
# points: 2.75
# message: A station without series is a group all the same.
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            for series, values in station["series"].items():
                dataset = file.create_dataset(f"stations/{name}/{series}", data=values, **how(values))
                dataset.attrs["unit"] = station["units"][series]
                dataset.parent.attrs["latitude"] = station["latitude"]
                dataset.parent.attrs["longitude"] = station["longitude"]


# %% mistake: opens the file and keeps it
# promise: what was at `path` before is gone.
# points: 0
# message: no usable file weather.h5
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    global kept_open
    kept_open = file = h5py.File(path, "w", libver="latest")
    for name, station in stations.items():
        group = file.create_group(f"stations/{name}")
        group.attrs["latitude"] = station["latitude"]
        group.attrs["longitude"] = station["longitude"]
        for series, values in station["series"].items():
            group.create_dataset(series, data=values, **how(values))
            group[series].attrs["unit"] = station["units"][series]


# %% mistake: writes it all into one text attribute
# promise: Each of its series becomes a dataset in that group, with an attribute `unit`.
# points: 0
# message: it holds no 'stations/oslo/temperature'
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        file.attrs["stations"] = repr(stations)


# %% mistake: latitude and longitude swapped
# promise: with the attributes `latitude` and `longitude`.
# points: 2.75
# message: Latitude and longitude have changed places.
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["longitude"]
            group.attrs["longitude"] = station["latitude"]
            for series, values in station["series"].items():
                dataset = group.create_dataset(series, data=values, **how(values))
                dataset.attrs["unit"] = station["units"][series]


# %% mistake: groups at the root
# promise: Each station becomes a group `stations/<name>`
# points: 0
# message: The groups of the stations lie in a group: stations/<name>.
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                dataset = group.create_dataset(series, data=values, **how(values))
                dataset.attrs["unit"] = station["units"][series]


# %% mistake: a long series in one row
# promise: A dataset keeps the dtype and the shape of its array.
# points: 2
# message: A dataset keeps the shape of its array.
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                dataset = group.create_dataset(series, data=values.ravel(), **how(values.ravel()))
                dataset.attrs["unit"] = station["units"][series]


# %% mistake: no compression
# promise: These are compressed with the filter `gzip`, after the filter `shuffle`.
# points: 2.25
# message: Filters are options of the dataset: create_dataset(..., compression="gzip", shuffle=True).
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                dataset = group.create_dataset(series, data=values, **{})
                dataset.attrs["unit"] = station["units"][series]


# %% mistake: no shuffle
# promise: These are compressed with the filter `gzip`, after the filter `shuffle`.
# points: 2.5
# message: Without a shuffle of the bytes, gzip saves less: shuffle=True.
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip"}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                dataset = group.create_dataset(series, data=values, **how(values))
                dataset.attrs["unit"] = station["units"][series]


# %% mistake: chunks as h5py guesses them
# promise: a read of one day decompresses at most 64 KiB
# points: 2.75
# message: Let a chunk hold whole days
def how(values):
    return {"compression": "gzip", "shuffle": True} if values.size >= 10_000 else {}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                dataset = group.create_dataset(series, data=values, **how(values))
                dataset.attrs["unit"] = station["units"][series]


# %% mistake: one value a chunk
# promise: and that a chunk has at least 4 KiB.
# points: 2.5
# message: So many small chunks make a large index
def how(values):
    if values.size < 10_000:
        return {}
    return {"chunks": (1,) * (values.ndim - 1) + (values.shape[-1],) if values.ndim > 1 else (8,), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                dataset = group.create_dataset(series, data=values, **how(values))
                dataset.attrs["unit"] = station["units"][series]


# %% mistake: the unit of the first series for all
# promise: Each of its series becomes a dataset in that group, with an attribute `unit`.
# points: 2.5
# message: This is the unit of another series.
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                dataset = group.create_dataset(series, data=values, **how(values))
                dataset.attrs["unit"] = next(iter(station["units"].values()))


# %% mistake: adds to the old file
# promise: what was at `path` before is gone.
# points: 1
# message: The name exists already: mode 'w' begins with an empty file.
def write_stations(path, stations):
    with h5py.File(path, "a") as file:
        top = file.create_group("stations")
        for name, station in stations.items():
            group = top.create_group(name)
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                how = {}
                if values.size >= 10_000:
                    days = min(len(values), 65536 // values[0].nbytes)
                    how = {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}
                group.create_dataset(series, data=values, **how).attrs["unit"] = station["units"][series]


# %% right: paths do it all
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            where = file.require_group("stations/" + name)
            for key in ("latitude", "longitude"):
                where.attrs[key] = station[key]
            for series, values in station["series"].items():
                file.create_dataset(f"stations/{name}/{series}", data=values, **how(values))
                file[f"stations/{name}/{series}"].attrs["unit"] = station["units"][series]


# %% right: h5py's own calls, closed by hand
def how(values):
    if values.size < 10_000:
        return {}
    days = min(len(values), 65536 // values[0].nbytes)
    return {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}


def write_stations(path, stations):
    file = h5py.File(path, "w", libver="latest")
    try:
        root = file.create_group("stations")
        for name in stations:
            group = root.create_group(name, track_order=True)
            group.attrs.create("latitude", stations[name]["latitude"])
            group.attrs.create("longitude", stations[name]["longitude"])
            for series, values in stations[name]["series"].items():
                dataset = group.create_dataset(series, shape=values.shape, dtype=values.dtype, **how(values))
                dataset[...] = values
                dataset.attrs.create("unit", stations[name]["units"][series])
    finally:
        file.close()


# %% right: one chunk a day, or a few
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = np.float64(station["latitude"])
            group.attrs["longitude"] = np.float64(station["longitude"])
            for series, values in station["series"].items():
                if values.size >= 10_000:
                    chunks = (max(1, 4096 // values[:1].nbytes),) + values.shape[1:]
                    dataset = group.create_dataset(
                        series, values.shape, values.dtype, chunks=chunks, shuffle=True,
                        compression="gzip", compression_opts=9,
                    )
                    dataset[:] = values
                else:
                    dataset = group.create_dataset(series, data=values)
                dataset.attrs["unit"] = station["units"][series]


# %% right: every series is stored alike
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs.update({k: station[k] for k in ("latitude", "longitude")})
            for series, values in station["series"].items():
                day = max(1, values[:1].nbytes)
                chunks = (max(1, min(len(values), 32768 // day)),) + tuple(max(1, n) for n in values.shape[1:])
                options = dict(chunks=chunks, compression="gzip", shuffle=True) if values.size else {}
                group.create_dataset(series, data=values, **options).attrs["unit"] = station["units"][series]


# %% mistake: chunks chosen by h5py
# promise: Choose their chunks such that a read of one day decompresses at most 64 KiB
# points: 2.75
# message: h5py chose the chunks, and it cuts the days: chunks=(days, *shape of a day).
def write_stations(path, stations):
    with h5py.File(path, "w") as f:
        for name, s in stations.items():
            g = f.create_group(f"stations/{name}")
            g.attrs["latitude"], g.attrs["longitude"] = s["latitude"], s["longitude"]
            for key, data in s["series"].items():
                how = dict(compression="gzip", shuffle=True) if data.size >= 10_000 else {}
                g.create_dataset(key, data=data, **how).attrs["unit"] = s["units"][key]


# %% mistake: one day per chunk
# promise: a chunk has at least 4 KiB
# points: 2.75
# message: A chunk of one day is too small where a day has few bytes: take several days.
def write_stations(path, stations):
    with h5py.File(path, "w") as f:
        for name, s in stations.items():
            g = f.create_group(f"stations/{name}")
            g.attrs["latitude"], g.attrs["longitude"] = s["latitude"], s["longitude"]
            for key, data in s["series"].items():
                how = {}
                if data.size >= 10_000:
                    how = dict(compression="gzip", shuffle=True, chunks=(1, *data.shape[1:]))
                g.create_dataset(key, data=data, **how).attrs["unit"] = s["units"][key]


# %% mistake: len instead of size for long
# promise: Some series are long: 10,000 values or more.
# points: 2.5
# message: The number of values decides, not that of the days: size, not len().
def write_stations(path, stations):
    with h5py.File(path, "w") as f:
        for name, s in stations.items():
            g = f.create_group(f"stations/{name}")
            g.attrs["latitude"], g.attrs["longitude"] = s["latitude"], s["longitude"]
            for key, data in s["series"].items():
                how = {}
                if len(data) >= 10_000:
                    day = data[0].nbytes
                    how = dict(compression="gzip", shuffle=True, chunks=(min(len(data), max(1, 32768 // day)), *data.shape[1:]))
                g.create_dataset(key, data=data, **how).attrs["unit"] = s["units"][key]


# %% mistake: more than, not at least
# promise: Some series are long: 10,000 values or more.
# points: 2.75
# message: A series of exactly 10,000 values is long, too.
def write_stations(path, stations):
    with h5py.File(path, "w") as f:
        for name, s in stations.items():
            g = f.create_group(f"stations/{name}")
            g.attrs["latitude"], g.attrs["longitude"] = s["latitude"], s["longitude"]
            for key, data in s["series"].items():
                how = {}
                if data.size > 10_000:
                    day = data[0].nbytes
                    how = dict(compression="gzip", shuffle=True, chunks=(min(len(data), max(1, 32768 // day)), *data.shape[1:]))
                g.create_dataset(key, data=data, **how).attrs["unit"] = s["units"][key]


# %% mistake: unit attribute on group
# promise: with an attribute `unit`
# points: 2
# message: The unit is an attribute of the dataset, not of its group.
def write_stations(path, stations):
    with h5py.File(path, "w") as f:
        for name, s in stations.items():
            g = f.create_group(f"stations/{name}")
            g.attrs["latitude"], g.attrs["longitude"] = s["latitude"], s["longitude"]
            for key, data in s["series"].items():
                how = {}
                if data.size >= 10_000:
                    day = data[0].nbytes
                    how = dict(compression="gzip", shuffle=True, chunks=(min(len(data), max(1, 32768 // day)), *data.shape[1:]))
                g.create_dataset(key, data=data, **how)
                g.attrs["unit"] = s["units"][key]


# %% mistake: all series, short too, in chunks of 100 days
# promise: a read of one day decompresses at most 64 KiB
# points: 2.5
# message: A fixed number of days makes chunks of any size: compute it from the bytes of a day.
def write_stations(path, stations):
    with h5py.File(path, "w") as f:
        for name, s in stations.items():
            g = f.create_group(f"stations/{name}")
            g.attrs["latitude"], g.attrs["longitude"] = s["latitude"], s["longitude"]
            for key, data in s["series"].items():
                how = dict(compression="gzip", shuffle=True, chunks=(min(len(data), 100), *data.shape[1:])) if data.size >= 10000 else {}
                g.create_dataset(key, data=data, **how).attrs["unit"] = s["units"][key]
