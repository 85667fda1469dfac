# %% mistake: keeps what the old file held
# points: 2.25
# message: Something of the old file is left.
def write_stations(path, stations):
    with h5py.File(path, "a") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs.update(latitude=station["latitude"], longitude=station["longitude"])
            for series, values in station["series"].items():
                group[series] = values
                group[series].attrs["unit"] = station["units"][series]


# %% mistake: units in the group
# points: 2
# message: The unit is an attribute of the dataset
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                group[series] = values
            group.attrs["unit"] = str(station["units"])


# %% mistake: the place as datasets
# points: 1.75
# message: The place is given by attributes of the group
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group["latitude"] = station["latitude"]
            group["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                group[series] = values
                group[series].attrs["unit"] = station["units"][series]


# %% mistake: all numbers become float64
# points: 2.25
# message: A dataset keeps the dtype of its array.
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                group[series] = np.asarray(values, dtype=np.float64)
                group[series].attrs["unit"] = station["units"][series]


# %% mistake: no group without series
# points: 2.25
# message: A station without series is a group all the same.
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            for series, values in station["series"].items():
                dataset = file.create_dataset(f"stations/{name}/{series}", data=values)
                dataset.attrs["unit"] = station["units"][series]
                dataset.parent.attrs["latitude"] = station["latitude"]
                dataset.parent.attrs["longitude"] = station["longitude"]


# %% mistake: opens the file and keeps it
# points: 0
# message: no usable file weather.h5
def write_stations(path, stations):
    global kept_open
    kept_open = file = h5py.File(path, "w", libver="latest")
    for name, station in stations.items():
        group = file.create_group(f"stations/{name}")
        group.attrs["latitude"] = station["latitude"]
        group.attrs["longitude"] = station["longitude"]
        for series, values in station["series"].items():
            group[series] = values
            group[series].attrs["unit"] = station["units"][series]


# %% mistake: writes it all into one text attribute
# points: 0
# message: it holds no 'stations/rome/temperature'
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        file.attrs["stations"] = repr(stations)


# %% right: paths do it all
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            where = file.require_group("stations/" + name)
            for key in ("latitude", "longitude"):
                where.attrs[key] = station[key]
            for series, values in station["series"].items():
                file[f"stations/{name}/{series}"] = values
                file[f"stations/{name}/{series}"].attrs["unit"] = station["units"][series]


# %% right: h5py's own calls, closed by hand
def write_stations(path, stations):
    file = h5py.File(path, "w", libver="latest")
    try:
        root = file.create_group("stations")
        for name in stations:
            group = root.create_group(name, track_order=True)
            group.attrs.create("latitude", stations[name]["latitude"])
            group.attrs.create("longitude", stations[name]["longitude"])
            for series, values in stations[name]["series"].items():
                dataset = group.create_dataset(series, shape=values.shape, dtype=values.dtype)
                dataset[...] = values
                dataset.attrs.create("unit", stations[name]["units"][series])
    finally:
        file.close()


# %% right: with compressed datasets
def write_stations(path, stations):
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = np.float64(station["latitude"])
            group.attrs["longitude"] = np.float64(station["longitude"])
            for series, values in station["series"].items():
                how = {"compression": "gzip"} if values.size else {}
                group.create_dataset(series, data=values, **how).attrs["unit"] = station["units"][series]
