// A picture that this phone holds.
import { useEffect, useState } from "react";

export function Picture({ file, label }: { file: Blob; label: string }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address === undefined ? null : <img src={address} alt={label} />;
}
